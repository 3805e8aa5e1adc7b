-- include: assignment_columns
FROM assignment a
JOIN duty d ON d.campaign_id = a.campaign_id AND d.id = a.duty_id
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
