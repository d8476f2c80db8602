package dev.farol.control.access;

import java.util.List;
import java.util.Locale;

/**
 * A list of what may be done. Actions are texts such as {@code
 * Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write}, in which {@code *} stands
 * for any text.
 *
 * @param id a GUID, the same as Azure's for built-in roles
 * @param notActions what the actions cover and the role does not give
 * @param assignableScopes below which it may be assigned
 */
public record Role(
        String id,
        String name,
        Kind kind,
        String description,
        List<String> actions,
        List<String> notActions,
        List<String> dataActions,
        List<String> notDataActions,
        List<String> assignableScopes) {
    public Role {
        actions = List.copyOf(actions);
        notActions = List.copyOf(notActions);
        dataActions = List.copyOf(dataActions);
        notDataActions = List.copyOf(notDataActions);
        assignableScopes = List.copyOf(assignableScopes);
    }

    /** Who made it. */
    public enum Kind {
        BUILT_IN("BuiltInRole"),
        CUSTOM("CustomRole");

        private final String wire;

        Kind(String wire) {
            this.wire = wire;
        }

        public String wire() {
            return wire;
        }
    }

    /** Whether the role gives the action. */
    public boolean allows(String action) {
        return actions.stream().anyMatch(each -> covers(each, action))
                && notActions.stream().noneMatch(each -> covers(each, action));
    }

    /** Matches without regard to case; each {@code *} takes as little as is needed. */
    static boolean covers(String pattern, String action) {
        String text = action.toLowerCase(Locale.ROOT);
        String[] parts = pattern.toLowerCase(Locale.ROOT).split("\\*", -1);
        if (parts.length == 1) {
            return text.equals(parts[0]);
        }
        if (!text.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = text.indexOf(parts[i], at);
            if (found < 0) {
                return false;
            }
            at = found + parts[i].length();
        }
        String last = parts[parts.length - 1];
        return text.length() - last.length() >= at && text.endsWith(last);
    }
}
