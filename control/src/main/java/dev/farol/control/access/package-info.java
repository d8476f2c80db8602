/**
 * Who may do what: roles and their assignments, as Azure's role-based access control has them
 * (contracts §8). One file in the identity folder holds both.
 */
@NullMarked
package dev.farol.control.access;

import org.jspecify.annotations.NullMarked;
