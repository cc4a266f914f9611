/** PixArt-Sigma, for Halftone: its transformer, its way from prompts to pictures, and what it is published with. */
package org.example.pixart;
