from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.scenario.priors import LogitNormal, LogNormal, Prior, Uniform

U = np.linspace(0.001, 0.999, 501)
PRIORS: list[Prior] = [
    Uniform(kind="uniform", low=-1.0, high=3.0),
    LogNormal(kind="lognormal", median=3.0, p025=1.2, p975=10.0),
    LogitNormal(kind="logitnormal", median=0.02, p025=0.01, p975=0.16),
]


@pytest.mark.parametrize("prior", PRIORS[1:], ids=lambda prior: prior.kind)
def test_quantiles_pass_through_the_three_given_points(prior: LogNormal | LogitNormal) -> None:
    given = [prior.p025, prior.median, prior.p975]
    np.testing.assert_allclose(prior.quantile([0.025, 0.5, 0.975]), given, rtol=1e-12)


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.kind)
def test_quantiles_rise_and_keep_their_shape(prior: Prior) -> None:
    values = prior.quantile(U.reshape(3, 167))
    assert values.shape == (3, 167)
    assert np.all(np.diff(values.ravel()) > 0)


def test_lognormal_with_a_middle_median_is_the_textbook_one() -> None:
    prior = LogNormal(kind="lognormal", median=4.0, p025=1.0, p975=16.0)
    sigma = np.log(4.0) / stats.norm.ppf(0.975)
    np.testing.assert_allclose(prior.quantile(U), stats.lognorm(sigma, scale=4.0).ppf(U), rtol=1e-10)


def test_logitnormal_stays_a_share_and_its_logit_is_normal() -> None:
    prior = LogitNormal(kind="logitnormal", median=0.5, p025=0.1, p975=0.9)
    values = prior.quantile(U)
    assert values.min() > 0
    assert values.max() < 1
    sigma = np.log(9.0) / stats.norm.ppf(0.975)
    np.testing.assert_allclose(np.log(values / (1 - values)), stats.norm(0, sigma).ppf(U), rtol=1e-9, atol=1e-9)


def test_uniform_covers_its_range_evenly() -> None:
    np.testing.assert_allclose(PRIORS[0].quantile([0.25, 0.5, 0.75]), [0.0, 1.0, 2.0])


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.kind)
def test_a_cut_prior_stays_inside_and_keeps_its_odds_there(prior: Prior) -> None:
    low, high = prior.quantile([0.2, 0.6])
    cut = prior.quantile([1e-9, 0.25, 0.5, 1 - 1e-9], low, high)
    np.testing.assert_allclose(cut, prior.quantile([0.2, 0.3, 0.4, 0.6]), rtol=1e-6)


def test_cutting_beyond_the_support_changes_nothing() -> None:
    prior = PRIORS[2]
    np.testing.assert_allclose(prior.quantile(U, -5.0, 7.0), prior.quantile(U), rtol=1e-12)
    np.testing.assert_allclose(PRIORS[1].quantile(U, 0.0, np.inf), PRIORS[1].quantile(U), rtol=1e-12)


def test_priors_read_well() -> None:
    assert [str(prior) for prior in PRIORS] == [
        "uniform -1 to 3",
        "log-normal, median 3, 95 % within 1.2 to 10",
        "logit-normal, median 0.02, 95 % within 0.01 to 0.16",
    ]
