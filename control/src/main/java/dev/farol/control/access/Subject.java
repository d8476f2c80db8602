package dev.farol.control.access;

import java.util.Set;

/**
 * Who wants to do something: a principal and the groups that it is in. What is given to a group is
 * not given to a principal of the same name, nor the other way round.
 */
public record Subject(String id, Set<String> groups) {
    public Subject {
        groups = Set.copyOf(groups);
    }
}
