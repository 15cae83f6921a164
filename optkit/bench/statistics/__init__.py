"""What a study's runs say together; the computing is done by statistical libraries."""
