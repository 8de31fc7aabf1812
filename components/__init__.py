"""How a system is built: one component resource a file, everything of its concept in that file."""
