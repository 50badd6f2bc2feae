"""What a role's documents, taken together, let its sessions reach."""
