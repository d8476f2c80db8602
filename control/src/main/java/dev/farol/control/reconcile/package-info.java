/**
 * From desired to observed: reconcilers that look at one resource at a time, compare, and take the
 * next step; whatever woke them, they read the present state and nothing else. The entry is {@link
 * dev.farol.control.reconcile.ReconcileLoop}. Only reconcilers write the status of endpoints and
 * deployments; long work runs beside them and wakes them when it is done.
 */
@NullMarked
package dev.farol.control.reconcile;

import org.jspecify.annotations.NullMarked;
