"""What is kept: one module per aggregate, its tables first, then its queries. The only home of SQLAlchemy and MinIO."""
