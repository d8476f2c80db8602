/**
 * The publisher of routing snapshots: from what the store says of endpoints and what serves for
 * their deployments to one immutable picture for gateways. It knows no reconciler: those tell it
 * what changed and answer, through a port, what is ready.
 */
@NullMarked
package dev.farol.control.snapshot;

import org.jspecify.annotations.NullMarked;
