/**
 * Python environments: a conda file or pip requirements become a locked list of packages once, and
 * a folder with an interpreter and those packages as often as needed. uv does the work.
 */
@NullMarked
package dev.farol.environment;

import org.jspecify.annotations.NullMarked;
