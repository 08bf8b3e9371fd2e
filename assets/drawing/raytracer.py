"""A small path tracer in NumPy: boxes and ellipsoids, area lights, a thin lens. Slow, quiet, and enough for rooms.

Lengths are metres; y points up and the camera looks towards −z. Kajiya, "The Rendering Equation" (1986), with direct light
sampled at every bounce.
"""

from __future__ import annotations

import numpy as np

from .scene import Scene

FAR = np.float32(1e9)
BIAS = np.float32(1e-3)
BOUNCES = 4
GROUP = 8  # things tested together
BRIGHTEST = 6.0  # one sample's radiance is held below this: no fireflies


def _slab(origin: np.ndarray, inverse: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Distance to a box along rays 3×N; FAR where it is missed. From inside: the way out."""
    a = (low[:, None] - origin) * inverse
    b = (high[:, None] - origin) * inverse
    near = np.minimum(a, b).max(axis=0)
    far = np.maximum(a, b).min(axis=0)
    distance = np.where(near > BIAS, near, far)
    return np.where((far >= near) & (distance > BIAS), distance, FAR)


def _enters(origin: np.ndarray, inverse: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where rays come into a box, at least 0; FAR where they miss it."""
    a = (low[:, None] - origin) * inverse
    b = (high[:, None] - origin) * inverse
    near = np.maximum(np.minimum(a, b).max(axis=0), 0)
    return np.where(np.maximum(a, b).min(axis=0) >= near, near, FAR)


def _ball(origin: np.ndarray, direction: np.ndarray, centre: np.ndarray, onto: np.ndarray) -> np.ndarray:
    o = onto @ (origin - centre[:, None])
    d = onto @ direction
    a = (d * d).sum(axis=0)
    b = (o * d).sum(axis=0)
    c = (o * o).sum(axis=0) - 1
    root = b * b - a * c
    missed = root <= 0
    root = np.sqrt(np.maximum(root, 0))
    near, far = (-b - root) / a, (-b + root) / a
    distance = np.where(near > BIAS, near, far)
    return np.where(missed | (distance <= BIAS), FAR, distance)


def _bounds(scene: Scene) -> list[tuple[np.ndarray, np.ndarray]]:
    """The lower and upper corner about each thing."""
    corners = [(low, high) for low, high, _ in scene.boxes]
    for centre, onto, _ in scene.balls:
        reach = np.linalg.norm(np.linalg.inv(onto), axis=1).astype(np.float32)
        corners.append((centre - reach, centre + reach))
    return corners


def _groups(scene: Scene) -> list[tuple[np.ndarray, np.ndarray, list[int]]]:
    """Things that lie together, with the box about each group: rays that miss it miss all of them."""
    corners = _bounds(scene)
    groups: list[tuple[np.ndarray, np.ndarray, list[int]]] = []

    def split(members: list[int]) -> None:
        low = np.min([corners[number][0] for number in members], axis=0)
        high = np.max([corners[number][1] for number in members], axis=0)
        if len(members) <= GROUP:
            groups.append((low - BIAS, high + BIAS, members))
            return
        middles = np.array([(corners[number][0] + corners[number][1]) / 2 for number in members])
        axis = int(np.ptp(middles, axis=0).argmax())
        order = [members[place] for place in middles[:, axis].argsort()]
        split(order[: len(order) // 2])
        split(order[len(order) // 2 :])

    large = [number for number, (low, high) in enumerate(corners) if np.max(high - low) > 1.5]
    groups.extend((*corners[number], [number]) for number in large)
    small = [number for number in range(len(corners)) if number not in large]
    if small:
        split(small)
    return groups


def _trace(scene: Scene, origin: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest hit of rays 3×N: its distance and its thing's number, −1 for none."""
    nearest = np.full(origin.shape[1], FAR, np.float32)
    thing = np.full(origin.shape[1], -1, np.int32)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(np.abs(direction) < 1e-9, np.float32(1e9), 1 / direction).astype(np.float32)
    if scene.groups is None:
        scene.groups = _groups(scene)
    count = len(scene.boxes)
    for low, high, members in scene.groups:
        if len(members) == 1:
            rays = slice(None)
            o, d, i = origin, direction, inverse
        else:
            rays = np.flatnonzero(_enters(origin, inverse, low, high) < nearest)
            if not len(rays):
                continue
            o, d, i = origin[:, rays], direction[:, rays], inverse[:, rays]
        best, which = nearest[rays].copy(), thing[rays].copy()
        for number in members:
            if number < count:
                distance = _slab(o, i, *scene.boxes[number][:2])
            else:
                distance = _ball(o, d, *scene.balls[number - count][:2])
            closer = distance < best
            best[closer], which[closer] = distance[closer], number
        nearest[rays], thing[rays] = best, which
    return nearest, thing


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=0, keepdims=True), 1e-9)).astype(np.float32)


def _surface(scene: Scene, points: np.ndarray, thing: np.ndarray) -> tuple[np.ndarray, ...]:
    """Normals 3×N, albedo 3×N, glow 3×N, gloss N and roughness N at hit points 3×N."""
    normal = np.zeros_like(points)
    albedo, glow = np.zeros_like(points), np.zeros_like(points)
    gloss, rough = np.zeros(points.shape[1], np.float32), np.zeros(points.shape[1], np.float32)
    everything = [*scene.boxes, *scene.balls]
    for number in np.unique(thing[thing >= 0]):
        here = np.flatnonzero(thing == number)
        a, b, material = everything[number]
        if number < len(scene.boxes):
            local = (points[:, here] - ((a + b) / 2)[:, None]) / ((b - a) / 2)[:, None]
            axis = np.abs(local).argmax(axis=0)
            normal[axis, here] = np.sign(local[axis, np.arange(len(here))])
        else:
            normal[:, here] = _unit(b.T @ (b @ (points[:, here] - a[:, None])))
        spots = points[:, here].T
        albedo[:, here] = material.albedo(spots).T
        if material.glow is not None:
            glow[:, here] = material.glow(spots).T
        gloss[here], rough[here] = material.gloss, material.rough
    return normal, albedo, glow, gloss, rough


def _direct(scene: Scene, points: np.ndarray, normal: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Light that reaches diffuse points 3×N straight from one light each, 3×N."""
    count = points.shape[1]
    arriving = np.zeros_like(points)
    chance = np.empty((len(scene.lights), count), np.float32)
    for number, light in enumerate(scene.lights):  # the nearer and stronger, the likelier
        u, v = np.float32(light.u), np.float32(light.v)
        away = points - (np.float32(light.corner) + (u + v) / 2)[:, None]
        area = np.linalg.norm(np.cross(u, v))
        chance[number] = area * sum(light.radiance) / ((away * away).sum(axis=0) + area) + 1e-6
    chance /= chance.sum(axis=0)
    chosen = (random.random(count, dtype=np.float32) > np.cumsum(chance, axis=0)).sum(axis=0).clip(max=len(chance) - 1)
    for number, light in enumerate(scene.lights):
        here = np.flatnonzero(chosen == number)
        if not len(here):
            continue
        s, t = random.random((2, len(here)), dtype=np.float32)
        u, v = np.float32(light.u), np.float32(light.v)
        spot = np.float32(light.corner)[:, None] + u[:, None] * s + v[:, None] * t
        cross = np.cross(u, v)
        area = float(np.linalg.norm(cross))
        way = spot - points[:, here]
        distance = np.linalg.norm(way, axis=0)
        way = (way / distance).astype(np.float32)
        facing = np.maximum((way * normal[:, here]).sum(axis=0), 0) * np.maximum(-(way.T @ (cross / area)), 0)
        open_to = np.flatnonzero(facing > 0)
        if not len(open_to):
            continue
        blocked, _ = _trace(scene, points[:, here[open_to]], way[:, open_to])
        seen = blocked > distance[open_to] - 2 * BIAS
        amount = np.where(
            seen,
            facing[open_to] * area / np.maximum(distance[open_to] ** 2, 0.05) / np.pi / chance[number, here[open_to]],
            0,
        )
        arriving[:, here[open_to]] = np.float32(light.radiance)[:, None] * amount
    return arriving


def _scatter(normal: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Cosine-weighted directions about normals 3×N."""
    return _unit(normal + _unit(random.standard_normal(normal.shape).astype(np.float32)) * np.float32(0.999))


def radiance(scene: Scene, origin: np.ndarray, direction: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Light along rays 3×N, 3×N."""
    light = np.zeros_like(origin)
    weight = np.ones_like(origin)
    alive = np.arange(origin.shape[1])
    mirrored = np.ones(origin.shape[1], bool)
    for bounce in range(BOUNCES):
        distance, thing = _trace(scene, origin, direction)
        hit = thing >= 0
        light[:, alive[~hit]] += weight[:, ~hit] * np.float32(scene.ambient)[:, None]
        alive, weight, mirrored = alive[hit], weight[:, hit], mirrored[hit]
        points = origin[:, hit] + direction[:, hit] * distance[hit]
        direction = direction[:, hit]
        if not len(alive):
            break
        normal, albedo, glow, gloss, rough = _surface(scene, points, thing[hit])
        normal *= -np.sign((normal * direction).sum(axis=0))
        light[:, alive] += weight * glow * mirrored
        shiny = random.random(len(alive)) < gloss
        origin = points + normal * BIAS
        dull = ~shiny
        if dull.any():
            arriving = _direct(scene, origin[:, dull], normal[:, dull], random)
            light[:, alive[dull]] += weight[:, dull] * albedo[:, dull] * arriving
        weight = np.where(shiny, weight, weight * albedo)
        mirror = direction - 2 * (direction * normal).sum(axis=0) * normal
        mirror = _unit(mirror + random.standard_normal(mirror.shape).astype(np.float32) * rough)
        direction = np.where(shiny, mirror, _scatter(normal, random)).astype(np.float32)
        mirrored = shiny
        if bounce == BOUNCES - 1:
            light[:, alive] += weight * np.float32(scene.ambient)[:, None]
    return light


def render(scene: Scene, width: int, height: int, samples: int, seed: int = 1) -> np.ndarray:
    """The scene as linear RGB float32 [height, width, 3]."""
    random = np.random.default_rng(seed)
    eye, target = np.float32(scene.eye), np.float32(scene.target)
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, (0, 1, 0))
    right = right / np.linalg.norm(right)
    up = np.cross(right, forward)
    picture = np.zeros((3, height * width), np.float32)
    rows, columns = np.divmod(np.arange(height * width), width)
    for _ in range(samples):
        for part in np.array_split(np.arange(height * width), max(1, height * width // 16384)):
            jitter = random.random((4, len(part)), dtype=np.float32)
            x = ((columns[part] + jitter[0]) / height - width / height / 2) * scene.height
            y = (0.5 - (rows[part] + jitter[1]) / height) * scene.height
            aim = forward[:, None] + right[:, None] * x + up[:, None] * y
            radius, turn = scene.lens * np.sqrt(jitter[2]), 2 * np.pi * jitter[3]
            start = eye[:, None] + right[:, None] * (radius * np.cos(turn)) + up[:, None] * (radius * np.sin(turn))
            direction = _unit(eye[:, None] + aim * scene.focus - start)
            picture[:, part] += np.minimum(radiance(scene, start.astype(np.float32), direction, random), BRIGHTEST)
    return (picture / samples).T.reshape(height, width, 3)
