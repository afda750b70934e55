"""Shape and syntax of what people enter about reports, indicators, files and imports."""
