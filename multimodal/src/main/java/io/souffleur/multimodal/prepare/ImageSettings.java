package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.Downsample;
import io.souffleur.multimodal.SliceSettings;

/** How an image is processed: everything besides its pixels that changes its features. */
public record ImageSettings(SliceSettings slices, Downsample downsample) {}
