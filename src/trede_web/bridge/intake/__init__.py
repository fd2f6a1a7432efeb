"""Files come in: columns mapped, rows checked, problems mended, batches kept or withdrawn; and figures typed in a grid."""
