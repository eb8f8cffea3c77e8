/**
 * The settings, and the rules that refuse wrong ones.
 *
 * <p>Begin with HeadroomConfig, then SettingRules.
 */
package dev.headroom.settings;
