package dev.farol.control.identity;

/**
 * The owner of a valid token.
 *
 * @param id the object id ({@code oid})
 * @param name what people call it; what {@code systemData} shows
 */
public record Caller(String id, String name) {}
