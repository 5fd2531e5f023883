//! Placeholder while the shapes are written.
