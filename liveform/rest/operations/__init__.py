"""Operations of the REST API as values, a module for each resource, and what checks and reads them."""
