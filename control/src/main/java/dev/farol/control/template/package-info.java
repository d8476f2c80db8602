/**
 * The language of ARM templates: parameters, variables, expressions, conditions, nested templates.
 * What a template comes to is a list of resources; what those are is no matter of this package.
 */
@NullMarked
package dev.farol.control.template;

import org.jspecify.annotations.NullMarked;
