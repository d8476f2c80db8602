package dev.farol.control.template;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A resource that a template asks for: its condition holds, its expressions are worked out.
 *
 * @param pointer where it stands in the request (RFC 6901)
 * @param type such as {@code Microsoft.Storage/storageAccounts}
 * @param id the ARM id that it would have
 * @param document what would be PUT under the id
 * @param parts what a nested template asks for
 */
public record Wanted(
        String pointer,
        String type,
        String id,
        String name,
        Place place,
        ObjectNode document,
        List<Wanted> parts) {
    public Wanted {
        parts = List.copyOf(parts);
    }
}
