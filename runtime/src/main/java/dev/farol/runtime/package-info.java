/** The inference server of one instance: the request lane, the port to a model, the HTTP face. */
@NullMarked
package dev.farol.runtime;

import org.jspecify.annotations.NullMarked;
