/**
 * The process: its start, its end and the command line.
 *
 * <p>Main is where it begins, Awakening opens the models, Bootstrap joins them to Quarkus, ProcessEnd ends it.
 */
package dev.headroom;
