/**
 * Decides who may come in, and how long a request may take to arrive.
 *
 * <p>Begin with AccessGuard and ReadWatch.
 */
package dev.headroom.function.access;
