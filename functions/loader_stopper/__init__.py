"""Pauses es_loader while the domain has too little free storage."""
