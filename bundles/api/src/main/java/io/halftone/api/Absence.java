package io.halftone.api;

/**
 * A plugin that is installed and cannot be had here.
 *
 * @param kind   as {@link PluginInfo#kind}
 * @param name   what it would be asked for by
 * @param reason {@code where: found X; expected Y}
 */
public record Absence(String kind, String name, String reason) {}
