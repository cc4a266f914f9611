/** The architecture {@code ${architecture}}, for Halftone. */
package ${package};
