"""What a system is: typed, validated, pure Python."""
