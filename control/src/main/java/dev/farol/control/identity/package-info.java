/**
 * Who calls: Farol's own token issuer with its rotated keys, the managed-identity protocol that
 * hands tokens to this machine's user, the cloud description and the discovery documents that
 * clients read first. Knows nothing of resources.
 */
@NullMarked
package dev.farol.control.identity;

import org.jspecify.annotations.NullMarked;
