/**
 * Half precision made: a graph in full precision becomes one whose weights and products are in half precision, and is held against it.
 * Half precision stands for both types of 16 bits here, {@code HalfType}.
 *
 * <p>Begin with HalfModels, then HalfGraph.
 */
package dev.headroom.half;
