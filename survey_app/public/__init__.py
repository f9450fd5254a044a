"""What anybody meets who knows only the address: the front page, and the small files that browsers and crawlers ask for."""
