"""From a person and the facts to a plan: verdict, options, forecast, costs and timeline."""
