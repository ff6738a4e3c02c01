//! Development triangles.
