/** The number format {@code ${pluginName}}, for Halftone. */
package ${package};
