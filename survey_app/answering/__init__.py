"""What a citizen's answer goes through, from the site's code to the stored response. Never the numeric stack."""
