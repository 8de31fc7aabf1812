"""From YAML to typed data: lines, words and what can be saved of a faulty file."""
