"""The scenario as one workbook: written for people to edit, read back with every fault at once."""
