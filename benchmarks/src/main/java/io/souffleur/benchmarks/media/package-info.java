/**
 * What preparing a picture costs, from base64 text to patches, stage by stage and through the pool.
 */
package io.souffleur.benchmarks.media;
