"""What is printed: pages in millimetres with words that fit, tables, a head, a foot and QR codes."""
