/** The part of the launcher that runs before there is a container. Not exported. */
package io.halftone.launcher;
