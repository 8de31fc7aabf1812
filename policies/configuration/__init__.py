"""The configuration of the pack: levels, switches, exemptions and the file that sets them."""
