/**
 * The Open Inference Protocol, version 2, with Triton's extensions: REST and gRPC over a repository
 * of tensor models. How a repository finds and loads its models is not known here.
 */
@NullMarked
package dev.farol.runtime.oip;

import org.jspecify.annotations.NullMarked;
