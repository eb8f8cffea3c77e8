/**
 * The edge that all doors share: which door a request is for, its end, its urgency and its failures.
 *
 * <p>Begin with RequestGuard and Doors.
 */
package dev.headroom.function;
