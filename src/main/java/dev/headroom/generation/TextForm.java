package dev.headroom.generation;

/** The form that a generated text is to have. */
public sealed interface TextForm permits JsonShape, CallForm {}
