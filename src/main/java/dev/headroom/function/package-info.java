/**
 * The edge that all doors share: which door a request is for, its end, its terms and its failures.
 *
 * <p>Begin with RequestGuard and Door.
 */
package dev.headroom.function;
