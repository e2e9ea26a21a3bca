#!/usr/bin/env python3
"""Writes the golden values of the tests: small JSON files next to this script.

    /usr/bin/python3 tests/golden/make.py

Needs Debian's python3-sklearn and python3-torch; each file records the versions that made it. All
values are computed in float64 from inputs that float32 holds exactly (multiples of 1/1024), so that
a device which computes in float32 starts from the very same numbers. A tensor is written as
{"shape": [...], "data": [...]}, row-major. Weights are [inputs, outputs]: y = x w + b.
"""

import sys

sys.dont_write_bytecode = True  # leave nothing but the JSON files behind

import cluster_scores
import clustering
import clustering_losses
import conv
import conv_network
import dbscan
import gap_box
import hierarchical
import kmeans_sets
import learning
import mixture
import mnist_embedding
import neighbours
import pool_norm
import projections
import text
import torch
import trustworthiness
import umap_graph

if __name__ == "__main__":
    torch.set_num_threads(1)  # the same order of additions on every machine
    cluster_scores.cluster_scores()
    clustering.metrics()
    clustering.kmeans()
    clustering.silhouette()
    clustering_losses.losses()
    learning.optimizers()
    learning.losses()
    learning.network()
    conv.convolutions()
    conv_network.conv_network()
    gap_box.gap_box()
    dbscan.dbscan()
    hierarchical.hierarchical()
    kmeans_sets.kmeans_sets()
    mixture.mixture()
    mnist_embedding.mnist_embedding()
    neighbours.neighbours()
    pool_norm.pool_norm()
    projections.pca()
    projections.tsne()
    text.text()
    trustworthiness.trustworthiness()
    umap_graph.umap_graph()
