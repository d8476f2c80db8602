package dev.farol.kit.config;

/** One effective setting as it is shown; a secret shows as its reference. */
public record Setting(String key, String value, String source, String standard) {}
