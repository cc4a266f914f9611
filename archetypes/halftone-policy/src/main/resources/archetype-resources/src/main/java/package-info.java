/** The level policy {@code ${pluginName}}, for Halftone. */
package ${package};
