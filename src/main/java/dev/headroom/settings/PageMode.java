package dev.headroom.settings;

/** The values of {@code headroom.page}: whether the page for people is served. */
public enum PageMode {
    ON,
    OFF
}
