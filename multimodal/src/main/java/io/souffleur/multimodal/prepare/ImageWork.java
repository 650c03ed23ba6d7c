package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.source.RequestBudget;

/**
 * One image to prepare.
 *
 * @param file encoded, not copied
 * @param tenantSalt separates the hashes of tenants; not copied
 */
public record ImageWork(
    byte[] file,
    ImageSettings settings,
    byte[] tenantSalt,
    PatchMemory memory,
    RequestBudget budget) {}
