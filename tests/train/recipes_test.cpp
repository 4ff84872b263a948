#include "nasnet/train/recipes.hpp"

#include <cmath>
#include <variant>

#include "catch.hpp"
#include "nasnet/graph/named_networks.hpp"

using namespace nasnet;

TEST_CASE("the CIFAR recipe has the published constants") {
  const Recipe recipe = cifar_recipe();
  const TrainOptions& t = recipe.training;
  CHECK(t.batch == 32);
  CHECK(t.epochs == 600);
  CHECK(recipe.steps == 937'500);
  CHECK(recipe.steps * t.batch == t.epochs * 50'000);
  const Sgd& rule = std::get<Sgd>(t.optimizer);
  CHECK(rule.momentum == 0.9);
  CHECK(rule.weight_decay == 5e-4);
  CHECK_FALSE(rule.nesterov);
  CHECK(t.learning_rate.initial == 0.025);
  CHECK(t.learning_rate.decay == LearningRate::Decay::cosine);
  CHECK(t.learning_rate.at(0, 600) == 0.025);
  CHECK(t.learning_rate.at(300, 600) == Approx(0.0125).epsilon(1e-12));
  CHECK(t.learning_rate.at(600, 600) == Approx(0).margin(1e-15));
  CHECK(t.clip_norm == 5);
  CHECK(t.loss.auxiliary_weight == 0.4);
  CHECK(t.loss.label_smoothing == 0);
  CHECK(t.drop_path_keep == 0.6);
  CHECK_FALSE(t.average_decay.has_value());
  CHECK(t.mode == Mode::train);
  CHECK(t.augmentation == Augmentation{.pad = 4, .flip = true});
  CHECK(cifar_recipe(true).training.augmentation == Augmentation{.pad = 4, .flip = true, .cutout = 16});
}

TEST_CASE("the ImageNet recipes have the published constants") {
  for (const bool large : {true, false}) {
    const Recipe recipe = large ? imagenet_large_recipe() : imagenet_mobile_recipe();
    const TrainOptions& t = recipe.training;
    CHECK(recipe.replicas == (large ? 100 : 50));
    CHECK(recipe.replica_batch == (large ? 16 : 32));
    CHECK(t.batch == 1600);
    CHECK(t.learning_rate.initial == Approx(large ? 1.5 : 2.0).epsilon(1e-12));
    CHECK(t.learning_rate.decay == LearningRate::Decay::exponential);
    CHECK(t.learning_rate.staircase);
    const double first = t.learning_rate.initial;
    CHECK(t.learning_rate.at(2.39, 100) == first);
    CHECK(t.learning_rate.at(2.41, 100) == Approx(0.97 * first).epsilon(1e-12));
    CHECK(t.learning_rate.at(24.01, 100) == Approx(std::pow(0.97, 10) * first).epsilon(1e-12));
    const RmsProp& rule = std::get<RmsProp>(t.optimizer);
    CHECK(rule.decay == 0.9);
    CHECK(rule.momentum == 0.9);
    CHECK(rule.epsilon == 1.0);
    CHECK(rule.weight_decay == (large ? 5e-5 : 4e-5));
    CHECK(t.clip_norm == 10);
    CHECK(t.loss.label_smoothing == 0.1);
    CHECK(t.loss.auxiliary_weight == 0.4);
    CHECK(t.average_decay == 0.9999);
    CHECK(t.drop_path_keep == (large ? 0.7 : 1.0));
    CHECK(recipe.steps == 250'000);
    CHECK(t.epochs == 312);  // 250,000 steps of 1,600 of 1,281,167 images
  }
  const Recipe pnasnet = pnasnet_large_recipe();
  CHECK(std::get<RmsProp>(pnasnet.training.optimizer).weight_decay == 4e-5);
  CHECK(pnasnet.training.drop_path_keep == 0.6);
  CHECK(pnasnet.training.batch == 1600);
}

TEST_CASE("batch norm and dropout constants belong to the networks that the recipes train") {
  CHECK(nasnet_a_cifar().config.batch_norm.epsilon == 1e-5);
  CHECK(nasnet_a_cifar().config.batch_norm.decay == 0.9);
  CHECK(nasnet_a_cifar().config.dropout_keep == 1.0);
  for (const char* name : {"nasnet-a-mobile", "nasnet-a-large", "pnasnet-5-large", "nasnet-c-mobile"}) {
    const NetworkConfig config = named_network(name).config;
    CHECK(config.batch_norm.epsilon == 1e-3);
    CHECK(config.batch_norm.decay == 0.9997);
    CHECK(config.dropout_keep == 0.5);
    CHECK(config.classes == 1000);
  }
}

TEST_CASE("the search's child training has the published constants") {
  const Recipe recipe = proxy_recipe();
  CHECK(recipe.training.epochs == 20);
  CHECK(std::get<Sgd>(recipe.training.optimizer).momentum == 0.9);
  CHECK(recipe.training.learning_rate.decay == LearningRate::Decay::cosine);
  CHECK(recipe.training.augmentation == Augmentation{.enlarge = 8, .flip = true});  // 32 to 40
  CHECK(recipe.training.drop_path_keep == 1);
  CHECK(recipe.steps == 28'125);
  CHECK(proxy_validation_images == 5'000);
  CHECK(proxy_network().cells_per_stack == 2);
  CHECK(proxy_network().filters == 32);
  CHECK(proxy_network().classes == 10);
}

TEST_CASE("fine-tuning leaves batch norms as they are") {
  const Recipe recipe = fine_tuning_recipe();
  CHECK(recipe.training.mode == Mode::frozen);
  CHECK(recipe.training.learning_rate.at(5, 10) == 3e-4);
  CHECK(recipe.training.clip_norm == 10);
  CHECK(std::get<Sgd>(recipe.training.optimizer).momentum == 0.9);
  CHECK(recipe.training.drop_path_keep == 1);
}

TEST_CASE("every recipe says where it is from and holds together") {
  for (const Recipe& recipe :
       {cifar_recipe(), imagenet_large_recipe(), imagenet_mobile_recipe(), pnasnet_large_recipe(), proxy_recipe()}) {
    CHECK_FALSE(recipe.source.empty());
    CHECK(recipe.replicas * recipe.replica_batch == recipe.training.batch);
    CHECK(recipe.steps > 0);
  }
}
