"""What all packages speak in: specs, records, graphs, op logs, arrays, text. It imports none of them."""
