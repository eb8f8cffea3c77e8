package dev.headroom.generation.form;

/** The form that a generated text is to have. */
public sealed interface TextForm permits JsonShape, CallForm {}
