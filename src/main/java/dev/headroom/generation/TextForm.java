package dev.headroom.generation;

/** What a generated text is to look like. */
public sealed interface TextForm permits JsonShape, CallForm {}
